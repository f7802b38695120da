"""What people write by SMS, and what we do about it."""
