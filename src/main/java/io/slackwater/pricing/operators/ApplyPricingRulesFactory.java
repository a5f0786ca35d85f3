package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.settings.Settings;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes {@link ApplyPricingRules} where it runs, with the mailbox of its task. */
public final class ApplyPricingRulesFactory extends AbstractStreamOperatorFactory<PricingEvent>
        implements TwoInputStreamOperatorFactory<ProductChange, RulesChange, PricingEvent> {

    private static final long serialVersionUID = 1;

    /**
     * How long a slice of a sweep may take: what a stock level may have to wait, in nanoseconds.
     */
    private static final long SLICE_NANOS = 4_000_000;

    private final Settings.Pricing settings;
    private final long sliceNanos;

    public ApplyPricingRulesFactory(Settings.Pricing settings) {
        this(settings, SLICE_NANOS);
    }

    /**
     * @param sliceNanos how long a slice of a sweep may take, in nanoseconds; 0: one product, so
     *     that a test can look between any two
     */
    public ApplyPricingRulesFactory(Settings.Pricing settings, long sliceNanos) {
        this.settings = settings;
        this.sliceNanos = sliceNanos;
    }

    @Override
    @SuppressWarnings("unchecked") // The type of the operator is that of this factory.
    public <T extends StreamOperator<PricingEvent>> T createStreamOperator(
            StreamOperatorParameters<PricingEvent> task) {
        return (T) new ApplyPricingRules(task, settings, sliceNanos);
    }

    @Override
    @SuppressWarnings("rawtypes") // As Flink declares it.
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
        return ApplyPricingRules.class;
    }
}
