"""What stands at a table's edge in training pictures: walls and furniture, which are no things on it."""
