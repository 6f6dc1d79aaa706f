"""Changes of the plan in set phrases, which need no learned reader."""
