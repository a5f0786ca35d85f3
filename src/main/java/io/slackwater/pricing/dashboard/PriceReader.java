package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the records of {@code price_list}. A record that is not as the contract says throws an
 * {@link IOException} and nothing else.
 *
 * <p>For one thread.
 */
final class PriceReader {

    /** The most steps of a trace that the page shows: a price has at most some 130. */
    private static final int MAX_STEPS = 500;

    /** The most segments that the page shows: a book has at most 20. */
    private static final int MAX_SEGMENTS = 200;

    private final SharedValues values = new SharedValues();

    /**
     * A price with the reason for it.
     *
     * @param row the price
     * @param trace how it was made, a JSON array
     */
    record TracedPrice(Row row, String trace) {

        /** The trace of a price whose reason is not known. */
        static final String NO_TRACE = "[]";
    }

    /** Checks a key of {@code price_list}. */
    String key(String key) throws IOException {
        return PageJson.name(key);
    }

    /**
     * Reads a price; not for tombstones.
     *
     * @param position where its record stands
     */
    TracedPrice price(String key, byte[] value, Row.Position position) throws IOException {
        String productId = null;
        String warehouseId = null;
        String quantity = null;
        String tier = null;
        String price = null;
        String currency = null;
        String previous = null;
        String previousCurrency = null;
        long version = 0;
        String cause = null;
        long eventTime = Instants.INVALID;
        long effectiveAt = Instants.INVALID;
        String book = null;
        Map<String, String> segments = Map.of();
        List<String> rules = new ArrayList<>();
        String trace = TracedPrice.NO_TRACE;
        PageJson.name(key);
        try (JsonParser json = PageJson.open(value)) {
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken token = json.nextToken();
                if (token == JsonToken.VALUE_NULL) {
                    continue;
                }
                switch (field) {
                    case "product_id" -> productId = PageJson.name(PageJson.text(json));
                    case "warehouse_id" -> warehouseId = name(json);
                    case "quantity" -> quantity = values.share(PageJson.integer(json));
                    case "price_tier" -> tier = name(json);
                    case "price" -> price = values.share(PageJson.amount(json));
                    case "currency" -> currency = name(json);
                    case "previous_price" -> previous = values.share(PageJson.amount(json));
                    case "previous_currency" -> previousCurrency = name(json);
                    case "price_version" -> version = Long.parseLong(PageJson.integer(json));
                    case "cause" -> cause = name(json);
                    case "event_time" -> eventTime = PageJson.time(json);
                    case "effective_at" -> effectiveAt = PageJson.time(json);
                    case "rule_book" ->
                            book =
                                    values.share(
                                            PageJson.bounded(
                                                    PageJson.text(json), 2 * PageJson.MAX_NAME));
                    case "segment_prices" -> segments = segments(json);
                    case "trace" -> trace = values.share(trace(json, rules));
                    default -> json.skipChildren();
                }
            }
            PageJson.end(json);
        } catch (NumberFormatException e) {
            throw new IOException("price_version is out of range", e);
        }
        if (productId == null || warehouseId == null || quantity == null || price == null) {
            throw new IOException("product_id, warehouse_id, quantity or price is missing");
        }
        return new TracedPrice(
                new Row(
                        key,
                        productId,
                        warehouseId,
                        quantity,
                        tier,
                        price,
                        currency,
                        previous,
                        previousCurrency,
                        version,
                        cause,
                        values.share(List.copyOf(rules)),
                        eventTime,
                        effectiveAt,
                        book,
                        values.share(segments),
                        false,
                        position),
                trace);
    }

    private String name(JsonParser json) throws IOException {
        return values.share(PageJson.name(PageJson.text(json)));
    }

    private static Map<String, String> segments(JsonParser json) throws IOException {
        Map<String, String> segments = new LinkedHashMap<>();
        PageJson.object(json);
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            String amount = PageJson.amount(json);
            if (segments.size() < MAX_SEGMENTS) {
                segments.put(PageJson.name(name), amount);
            }
        }
        return segments;
    }

    /** Returns the steps with their amounts as text, and adds the rules among them to a list. */
    private static String trace(JsonParser json, List<String> rules) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("trace is no list");
        }
        StringWriter text = new StringWriter();
        int steps = 0;
        try (JsonGenerator out = PageJson.generator(text)) {
            out.writeStartArray();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                PageJson.object(json);
                if (++steps > MAX_STEPS) {
                    json.skipChildren();
                    continue;
                }
                String step = "";
                String source = "";
                out.writeStartObject();
                for (String field = json.nextFieldName();
                        field != null;
                        field = json.nextFieldName()) {
                    json.nextToken();
                    switch (field) {
                        case "step" -> {
                            step = PageJson.name(PageJson.text(json));
                            out.writeStringField(field, step);
                        }
                        case "source" -> {
                            source = PageJson.bounded(PageJson.text(json), 2 * PageJson.MAX_NAME);
                            out.writeStringField(field, source);
                        }
                        case "detail" ->
                                out.writeStringField(field, PageJson.cut(PageJson.text(json)));
                        case "after" -> out.writeStringField(field, PageJson.amount(json));
                        default -> json.skipChildren();
                    }
                }
                out.writeEndObject();
                Step known = Step.named(step);
                if (!source.isEmpty() && (known == null || TraceStep.isOfARule(known, source))) {
                    rules.add(source);
                }
            }
            out.writeEndArray();
        }
        return text.toString();
    }
}
