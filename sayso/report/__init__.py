"""What a person looks at after a run: video, timeline picture and page, made from its result and trace."""
