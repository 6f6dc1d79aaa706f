"""Reading of instructions: a small language model with learned heads reads, rules ground the reading in the scene."""
