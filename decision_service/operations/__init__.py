"""What the people who run the service look at: logs and figures."""
