package io.slackwater.pricing.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.TraceStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** The records of {@code price_list}, with their trace, as Jackson's generator writes them. */
public final class JacksonPrices {

    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                    // Jackson's default escapes every character beyond the first 65,536.
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
                    .build();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    /**
     * @throws IOException with half a surrogate pair in a text
     */
    public byte[] value(PricingEvent event) throws IOException {
        out.reset();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("product_id", event.stock().productId());
            json.writeStringField("warehouse_id", event.stock().warehouseId());
            json.writeNumberField("quantity", event.stock().quantity());
            text(json, "price_tier", event.priceTier());
            amount(json, "price", event.price());
            text(json, "currency", event.currency());
            json.writeNumberField("price_version", event.priceVersion());
            amount(json, "previous_price", event.previousPrice());
            if (event.previousCurrency() != null
                    && !event.previousCurrency().equals(event.currency())) {
                json.writeStringField("previous_currency", event.previousCurrency());
            }
            json.writeStringField("cause", event.cause().text());
            json.writeStringField(
                    "event_time", Instants.format(event.stock().version().eventTime()));
            json.writeStringField("effective_at", Instants.format(event.effectiveAt()));
            text(json, "rule_book", event.ruleBook());
            if (!event.segmentPrices().isEmpty()) {
                json.writeObjectFieldStart("segment_prices");
                for (Map.Entry<String, BigDecimal> price :
                        new TreeMap<>(event.segmentPrices()).entrySet()) {
                    json.writeNumberField(price.getKey(), price.getValue());
                }
                json.writeEndObject();
            }
            if (!event.trace().isEmpty()) {
                json.writeArrayFieldStart("trace");
                for (TraceStep step : event.trace()) {
                    json.writeStartObject();
                    json.writeStringField("step", step.step().text());
                    json.writeStringField("source", step.source());
                    if (!step.written().isEmpty()) {
                        json.writeStringField("detail", step.written());
                    }
                    json.writeNumberField("after", step.after());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void amount(JsonGenerator json, String name, BigDecimal value)
            throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }
}
