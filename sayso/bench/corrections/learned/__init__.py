"""What is learned from corrected attempts: rules and candidates, with poison in the record, and otherwise than shipped."""
