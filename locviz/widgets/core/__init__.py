"""What at least two widgets share: their base, knobs, messages' buffers, and pictures."""
