"""What a workspace has and how it is run, over HTTP: people, channels, keys, settings, audit."""
