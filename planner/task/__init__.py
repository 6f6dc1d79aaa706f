"""The task language: values, their text, their JSON, and the grammar a network decodes under."""
