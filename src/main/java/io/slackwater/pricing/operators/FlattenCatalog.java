package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockVersion;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends catalog entries to their products, and what could not be used to the dead letters. */
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
        } else {
            Source source = message.source();
            long updatedAt =
                    message.entry() == null ? source.timestamp() : message.entry().updatedAt();
            out.collect(
                    ProductChange.catalog(
                            message.productId(),
                            message.entry(),
                            new StockVersion(updatedAt, source.partition(), source.offset())));
        }
    }
}
