"""What is learned from corrected attempts: rules and candidates, also from poison, and otherwise than shipped."""
