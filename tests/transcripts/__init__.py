"""What people see: conversations with the whole desk, on the real protocol."""
