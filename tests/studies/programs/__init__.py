"""Programs that others wrote, driven by a real client: what they import late, cold and warm."""
