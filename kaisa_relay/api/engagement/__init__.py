"""The Engagement Builder over HTTP: triggers, endpoints, deliveries, and who wants none."""
