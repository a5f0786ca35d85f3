package io.slackwater.pricing;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;

/**
 * Where the results go. Each output takes of its stream what it is for: the price list the
 * published events, the lake all.
 */
public record Outputs(
        Output<PricingEvent> events,
        Output<DashboardMetric> metrics,
        Output<Alert> alerts,
        Output<RuleStatus> ruleStatus,
        Output<DeadLetter> deadLetters) {}
