"""Words to structure: a small language model with learned heads reads, arithmetic grounds it in the scene."""
