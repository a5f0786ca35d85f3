package io.slackwater.pricing.json;

import static io.slackwater.pricing.json.JsonBytes.name;

import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The records of {@code price_list}. */
public final class PriceJson implements RecordJson<PricingEvent> {

    /**
     * Amounts of the trace are rounded, half up, to at most so many digits after the point. Every
     * percentage makes the exact amount up to ten digits longer, and a trace may have a hundred of
     * them. The lake keeps all digits.
     */
    public static final int TRACE_DIGITS = 20;

    private static final byte[] PRODUCT_ID = name("product_id");
    private static final byte[] WAREHOUSE_ID = name("warehouse_id");
    private static final byte[] QUANTITY = name("quantity");
    private static final byte[] PRICE_TIER = name("price_tier");
    private static final byte[] PRICE = name("price");
    private static final byte[] CURRENCY = name("currency");
    private static final byte[] PRICE_VERSION = name("price_version");
    private static final byte[] PREVIOUS_PRICE = name("previous_price");
    private static final byte[] PREVIOUS_CURRENCY = name("previous_currency");
    private static final byte[] CAUSE = name("cause");
    private static final byte[] EVENT_TIME = name("event_time");
    private static final byte[] EFFECTIVE_AT = name("effective_at");
    private static final byte[] RULE_BOOK = name("rule_book");
    private static final byte[] SEGMENT_PRICES = name("segment_prices");
    private static final byte[] TRUNCATED = name("truncated");

    private static final byte[] TRACE = name("trace");
    private static final byte[] STEP = name("step");
    private static final byte[] SOURCE = name("source");
    private static final byte[] DETAIL = name("detail");
    private static final byte[] AFTER = name("after");

    private final boolean traces;
    private final JsonBytes json = new JsonBytes();

    /**
     * @param traces whether a price says which steps made it: of each the step, what decided, how
     *     (where there is something to say) and the amount after it, rounded to {@value
     *     #TRACE_DIGITS} digits after the point where it has more. The rules that lost, and every
     *     digit, stand in the lake alone.
     */
    public PriceJson(boolean traces) {
        this.traces = traces;
    }

    /**
     * The key of a price, {@code product|warehouse}. In the product's id, a backslash and a bar get
     * a backslash before them, so that no two pairs share a key: compaction would keep one of them.
     */
    @Override
    public byte[] key(PricingEvent event) {
        StockLevel stock = event.stock();
        return OutputKeys.of(stock.productId(), stock.warehouseId());
    }

    /**
     * The value of a price, or null for a withdrawal. Segments come in alphabetical order, so that
     * the same price is always the same bytes. Where it would be longer than the room it has no
     * trace, and where that is not enough no segments, which {@code "truncated":true} then says.
     */
    @Override
    public byte[] value(PricingEvent event, int room) {
        if (event.published() == Published.TOMBSTONE) {
            return null;
        }
        byte[] price = write(event, traces, true);
        if (price.length > room && traces) {
            price = write(event, false, true);
        }
        return price.length > room ? write(event, false, false) : price;
    }

    private byte[] write(PricingEvent event, boolean trace, boolean segments) {
        StockLevel stock = event.stock();
        json.begin();
        json.text(PRODUCT_ID, stock.productId());
        json.text(WAREHOUSE_ID, stock.warehouseId());
        json.number(QUANTITY, stock.quantity());
        json.text(PRICE_TIER, event.priceTier());
        json.amount(PRICE, event.price());
        json.text(CURRENCY, event.currency());
        json.number(PRICE_VERSION, event.priceVersion());
        json.amount(PREVIOUS_PRICE, event.previousPrice());
        if (event.previousCurrency() != null
                && !event.previousCurrency().equals(event.currency())) {
            json.text(PREVIOUS_CURRENCY, event.previousCurrency());
        }
        json.text(CAUSE, event.cause().text());
        json.time(EVENT_TIME, stock.version().eventTime());
        json.time(EFFECTIVE_AT, event.effectiveAt());
        json.text(RULE_BOOK, event.ruleBook());
        if (segments) {
            writeSegments(event.segmentPrices());
        } else {
            json.flag(TRUNCATED, true);
        }
        if (trace) {
            writeTrace(event.trace());
        }
        return json.end();
    }

    private void writeSegments(Map<String, BigDecimal> prices) {
        if (prices.isEmpty()) {
            return;
        }
        json.open(SEGMENT_PRICES, '{');
        new TreeMap<>(prices).forEach(json::amount);
        json.close('}');
    }

    private void writeTrace(List<TraceStep> steps) {
        if (steps.isEmpty()) {
            return;
        }
        json.open(TRACE, '[');
        for (int i = 0; i < steps.size(); i++) {
            TraceStep step = steps.get(i);
            json.open('{');
            json.text(STEP, step.step().text());
            json.text(SOURCE, step.source());
            String detail = step.written();
            if (!detail.isEmpty()) {
                json.text(DETAIL, detail);
            }
            json.amount(AFTER, shortened(step.after()));
            json.close('}');
        }
        json.close(']');
    }

    private static BigDecimal shortened(BigDecimal amount) {
        return amount.scale() <= TRACE_DIGITS
                ? amount
                : amount.setScale(TRACE_DIGITS, RoundingMode.HALF_UP);
    }
}
