"""What the carrier and the outside call. Views hold no rule: they store or ask, and answer."""
