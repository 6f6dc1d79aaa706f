"""The learned reader: a sentence and what is going on → a value of the task language."""
