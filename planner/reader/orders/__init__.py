"""Which orders a sentence gives, one after the other: by "then", around a wait, and the last of the arm alone."""
