package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** Tells machines why a price is what it is. */
final class ExplanationJson {

    private ExplanationJson() {}

    /** Where there is no price; the message says why. */
    static ObjectNode unknown(Explanation answer, String message) {
        ObjectNode document = head(answer);
        document.put("status", "unknown");
        document.put("message", message);
        return document;
    }

    private static ObjectNode head(Explanation answer) {
        ObjectNode document = Wording.object();
        document.put("product_id", answer.product());
        document.put("warehouse_id", answer.warehouse());
        return document;
    }

    /** A price, or its withdrawal. */
    static ObjectNode of(Explanation answer) {
        PricingEvent row = answer.row();
        ObjectNode document = head(answer);
        document.put("status", answer.isWithdrawn() ? "withdrawn" : "priced");
        document.put("since", Wording.time(answer.since()));
        if (answer.next() != null) {
            document.put("until", Wording.time(answer.next().effectiveAt()));
        }
        put(document, "price", row.price());
        put(document, "currency", row.currency());
        put(document, "price_tier", row.priceTier());
        document.put("price_version", row.priceVersion());
        put(document, "previous_price", row.previousPrice());
        if (row.previousPrice() != null && answer.isOtherCurrency()) {
            document.put("previous_currency", row.previousCurrency());
        }
        document.put("cause", row.cause().text());
        document.put("effective_at", Wording.time(row.effectiveAt()));
        put(document, "rule_book", row.ruleBook());
        if (answer.ended() != null) {
            ObjectNode ended = document.putObject("rule_book_ended");
            ended.put("status", answer.ended().state().name());
            ended.put("at", Wording.time(answer.ended().at()));
            if (answer.ended().deciding() != null) {
                ended.put("deciding_version", answer.ended().deciding());
            }
        }
        amounts(document, "segment_prices", row.segmentPrices());
        StockLevel stock = row.stock();
        ObjectNode level = document.putObject("stock");
        level.put("quantity", stock.quantity());
        level.put("event_time", Wording.time(stock.version().eventTime()));
        if (stock.deliveryTime() != StockLevel.ABSENT) {
            level.put("delivery_time", stock.deliveryTime());
        }
        if (stock.restockingTime() != StockLevel.ABSENT) {
            level.put("restocking_time", stock.restockingTime());
        }
        document.put("superseded_stock_levels", answer.superseded().size());
        ArrayNode trace = document.putArray("trace");
        for (TraceStep step : row.trace()) {
            ObjectNode entry = trace.addObject();
            entry.put("step", step.step().text());
            entry.put("source", step.source());
            entry.put("detail", step.written());
            put(entry, "before", step.before());
            put(entry, "after", step.after());
            put(entry, "lost", step.lost().isEmpty() ? null : step.lost());
        }
        if (!answer.isWithdrawn()) {
            recomputed(document.putObject("recomputed"), answer);
        }
        return document;
    }

    private static void recomputed(ObjectNode document, Explanation answer) {
        Recomputation best = answer.best();
        if (best == null) {
            document.put("agrees", false);
            document.put("message", "The rule book's document is not in pricing.rule_books.");
            return;
        }
        document.put("agrees", best.agrees());
        if (best.price() != null) {
            put(document, "price", best.price().amount());
            amounts(document, "segment_prices", best.price().segments());
        }
        if (!best.agrees()) {
            ArrayNode differences = document.putArray("differences");
            best.differences().forEach(differences::add);
        }
    }

    private static void put(ObjectNode document, String name, String value) {
        if (value != null) {
            document.put(name, value);
        }
    }

    private static void put(ObjectNode document, String name, BigDecimal value) {
        if (value != null) {
            document.put(name, value);
        }
    }

    private static void amounts(ObjectNode document, String name, Map<String, BigDecimal> amounts) {
        if (!amounts.isEmpty()) {
            ObjectNode entries = document.putObject(name);
            new TreeMap<>(amounts).forEach(entries::put);
        }
    }
}
