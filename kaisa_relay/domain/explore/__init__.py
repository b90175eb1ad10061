"""What Explore's lists, reports and exports may be asked for: fields, filters and orders."""
