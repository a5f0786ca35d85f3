package io.slackwater.pricing.json;

import static io.slackwater.pricing.json.JsonBytes.name;

import io.slackwater.pricing.model.Alert;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The records of {@code alerts}. */
public final class AlertJson implements RecordJson<Alert> {

    /**
     * The details of an alert that are numbers, where their text is a plain decimal. Fixed, so that
     * the type of a detail never depends on what a name happens to look like.
     */
    private static final Set<String> NUMERIC_DETAILS =
            Set.of("quantity", "price", "previous_price", "threshold", "change_percent");

    /** At most {@value RecordJson#LONGEST_NUMBER} characters. */
    private static final Pattern PLAIN_DECIMAL =
            Pattern.compile("(?=.{1,60}$)-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

    private static final byte[] ALERT = name("alert");
    private static final byte[] SEVERITY = name("severity");
    private static final byte[] PRODUCT_ID = name("product_id");
    private static final byte[] WAREHOUSE_ID = name("warehouse_id");
    private static final byte[] EVENT_TIME = name("event_time");
    private static final byte[] DETAILS = name("details");

    private final JsonBytes json = new JsonBytes();

    /** The key of an alert: the product. */
    @Override
    public byte[] key(Alert alert) {
        return OutputKeys.bytes(alert.productId());
    }

    /**
     * The value of an alert. Its details come in alphabetical order; {@code quantity}, {@code
     * price}, {@code previous_price}, {@code threshold} and {@code change_percent} are JSON numbers
     * where they are plain decimals, everything else is text. Where it would be longer than the
     * room, the texts among its details are cut.
     */
    @Override
    public byte[] value(Alert alert, int room) {
        byte[] whole = write(alert, alert.details());
        if (whole.length <= room) {
            return whole;
        }
        Map<String, String> details = new TreeMap<>(alert.details());
        details.replaceAll(
                (name, text) -> text == null ? null : JsonCut.toBytes(text, JsonCut.CUT_BYTES));
        return write(alert, details);
    }

    private byte[] write(Alert alert, Map<String, String> details) {
        json.begin();
        json.text(ALERT, alert.kind().name());
        json.text(SEVERITY, alert.severity().name());
        json.text(PRODUCT_ID, alert.productId());
        json.text(WAREHOUSE_ID, alert.warehouseId());
        json.time(EVENT_TIME, alert.eventTime());
        json.open(DETAILS, '{');
        new TreeMap<>(details).forEach(this::writeDetail);
        json.close('}');
        return json.end();
    }

    private void writeDetail(String name, String value) {
        if (value != null
                && NUMERIC_DETAILS.contains(name)
                && PLAIN_DECIMAL.matcher(value).matches()) {
            // As it is spelled: 8.00 stays 8.00.
            json.plain(name, value);
        } else {
            json.text(name, value);
        }
    }
}
