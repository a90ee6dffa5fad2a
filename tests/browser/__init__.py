"""Tests that drive the local workspace's page in a real browser."""
