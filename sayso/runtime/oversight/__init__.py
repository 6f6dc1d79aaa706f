"""What watches over a run: its moments, the critic that looks ahead, and the remedies that follow."""
