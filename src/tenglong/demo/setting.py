"""The numbers of the demonstration (campaign.toml)."""

from collections.abc import Mapping
from typing import Any

from tenglong.domain.kernel.rulefiles import load_rules

SETTING: Mapping[str, Any] = load_rules("tenglong.demo", "campaign.toml", decimals=True).content
"""Totals that must come out exactly, and what was invented to get there."""
