"""The processes of a session: started, watched and restarted, and an arm or a loop in another one."""
