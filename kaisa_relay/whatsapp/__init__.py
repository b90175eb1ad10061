"""The WhatsApp adapter: webhooks in, calls out, links; translates between Meta's JSON and ours."""
