"""What carries out the steps of a plan that handle no thing."""
