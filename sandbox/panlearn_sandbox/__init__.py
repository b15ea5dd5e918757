"""What runs inside the sandbox. It knows nothing of panlearn, which starts it by its path."""
