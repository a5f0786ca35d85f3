package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.ProductChange;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Sends catalog entries and removals to their products, and what could not be used, messages or
 * single fields, to the dead letters.
 */
public final class FlattenCatalog extends ProcessFunction<CatalogMessage, ProductChange> {

    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("catalog-dead-letters") {};

    private transient DeadLetterCount dead;

    @Override
    public void open(OpenContext context) {
        dead = new DeadLetterCount(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(
            CatalogMessage message, Context context, Collector<ProductChange> out) {
        if (message.deadLetter() != null) {
            dead.count(message.deadLetter());
            context.output(DEAD_LETTERS, message.deadLetter());
        }
        if (message.productId() != null) {
            out.collect(
                    ProductChange.catalog(message.productId(), message.entry(), message.version()));
        }
    }
}
