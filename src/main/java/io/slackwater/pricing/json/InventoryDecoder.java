package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.InventoryMessage.Kind;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the messages of {@code inventory_raw} in one pass over their bytes. Never throws, whatever
 * the bytes: a message that cannot be used is one dead letter, a line that cannot be used is one
 * dead letter for that line, and the other lines are good. A {@code delivery_time} or {@code
 * restocking_time} that cannot be used is one dead letter for that field, and its line is good
 * without it.
 *
 * <p>What is read: {@code product_id}, {@code event_time}, {@code inventory} and, of its lines,
 * {@code warehouse_id}, {@code quantity}, {@code delivery_time}, {@code restocking_time}, in any
 * order. Every other field is passed over, whatever it holds within the size and depth of the
 * document.
 *
 * <p>Judgements that the contract leaves open:
 *
 * <ul>
 *   <li>{@code quantity} is an integer in form, not in value: {@code 1.0} and {@code 1e2} are
 *       refused, as they come from a producer that holds quantities as floating point.
 *   <li>{@code event_time} lies between 1970 and the year 9999; {@code null} is not a time (absent
 *       is, and empty text counts as absent), so that a producer's lost time is not silently
 *       replaced by another.
 *   <li>A record without a timestamp of those years (an old producer's -1) is a dead letter: the
 *       bound on the future could not be checked.
 *   <li>A field that is read and stands twice is refused: which of the two was meant cannot be
 *       known. In a line that costs the line, or the field alone where it is optional.
 *   <li>A line that cannot be used is one dead letter, with its first fault that costs the line;
 *       faults of its optional fields are then not told.
 *   <li>A key that names another product than the value is refused: one of them is wrong.
 * </ul>
 *
 * <p>For one thread: buffers are used again from message to message.
 */
public final class InventoryDecoder {

    /**
     * What an inventory message may say.
     *
     * @param quantityMin the lowest quantity of a line, pieces, inclusive
     * @param quantityMax the highest, inclusive
     * @param maxFutureMillis how far an event time may be ahead of the Kafka record's timestamp
     * @param maxWarehouses the most lines of one message, at least 1
     */
    public record Limits(
            long quantityMin, long quantityMax, long maxFutureMillis, int maxWarehouses) {

        /**
         * @throws IllegalArgumentException when no message could be within them
         */
        public Limits {
            if (quantityMin > quantityMax || maxFutureMillis < 0 || maxWarehouses < 1) {
                throw new IllegalArgumentException(
                        "Limits must have quantityMin <= quantityMax, maxFutureMillis >= 0 and"
                                + " maxWarehouses >= 1, not "
                                + quantityMin
                                + ", "
                                + quantityMax
                                + ", "
                                + maxFutureMillis
                                + ", "
                                + maxWarehouses
                                + ".");
            }
        }
    }

    private static final int MAX_DAYS = 36_500;
    private static final String ALLOWED_DAYS =
            "; allowed: whole days from 0 to " + MAX_DAYS + ". The line is taken without it.";

    /** Up to so many lines are compared in pairs, which is faster than a hash table. */
    private static final int FEW_LINES = 16;

    // One bit for every field that is read. Jackson's own detection of duplicates keeps a set of
    // all names of every object, also of those that nobody reads: it doubles the time.
    private static final int PRODUCT_ID = 1;
    private static final int EVENT_TIME = 1 << 1;
    private static final int INVENTORY = 1 << 2;
    private static final int WAREHOUSE_ID = 1;
    private static final int QUANTITY = 1 << 1;
    private static final int DELIVERY_TIME = 1 << 2;
    private static final int RESTOCKING_TIME = 1 << 3;

    private final Limits limits;
    private final boolean completeMessages;
    private final Documents documents = new Documents();
    private final WarehouseNames names = new WarehouseNames();

    // The document at hand.
    private String productId;
    private long eventTime;
    private InventoryLine[] lines = {};
    private int lineCount;
    private int badLines;
    private int badFields;

    /**
     * @param limits what a message may say
     * @param completeMessages whether a message names every warehouse of its product
     */
    public InventoryDecoder(Limits limits, boolean completeMessages) {
        this.limits = limits;
        this.completeMessages = completeMessages;
    }

    /**
     * Reads one Kafka record. A tombstone delists the product that its key names.
     *
     * @param key the record's key, as {@link KafkaKeys} reads it; null: none
     * @param value the record's value; null: a tombstone
     * @param timestamp the record's timestamp, epoch milliseconds: the event time where the message
     *     names none
     */
    public InventoryMessage decode(
            byte[] key, byte[] value, String topic, int partition, long offset, long timestamp) {
        Source source = new Source(topic, partition, offset, timestamp);
        try {
            Records.checkTimestamp(timestamp);
            if (value == null) {
                return message(source, Records.keyOfTombstone(key), timestamp, Kind.DELISTED);
            }
            read(value, timestamp);
            Records.checkKey(key, productId);
            return usable(source, key, value);
        } catch (Refusal refusal) {
            DeadLetter deadLetter = DeadLetters.of(refusal, source, key, value);
            return new InventoryMessage(
                    source, null, null, Kind.UNUSABLE, List.of(), List.of(deadLetter), 0);
        }
    }

    private static InventoryMessage message(
            Source source, String productId, long eventTime, Kind kind) {
        StockVersion version = new StockVersion(eventTime, source.partition(), source.offset());
        return new InventoryMessage(source, productId, version, kind, List.of(), List.of(), 0);
    }

    private InventoryMessage usable(Source source, byte[] key, byte[] value) {
        StockVersion version = new StockVersion(eventTime, source.partition(), source.offset());
        StockLevel[] good = new StockLevel[lineCount - badLines];
        int next = 0;
        for (int i = 0; i < lineCount; i++) {
            InventoryLine line = lines[i];
            if (line.isGood()) {
                good[next++] =
                        new StockLevel(
                                productId,
                                line.warehouseId,
                                line.quantity,
                                line.deliveryTime,
                                line.restockingTime,
                                version,
                                source.timestamp());
            }
        }
        // Complete means: what is not named is gone. A bad line named a warehouse, perhaps one that
        // cannot even be read; taking its message for complete would withdraw that warehouse's
        // price. A message without lines says nothing, by contract, rather than that all is gone.
        boolean complete = completeMessages && lineCount > 0 && badLines == 0;
        return new InventoryMessage(
                source,
                productId,
                version,
                complete ? Kind.COMPLETE : Kind.PARTIAL,
                List.of(good),
                badLines + badFields == 0 ? List.of() : deadLetters(source, key, value),
                lineCount);
    }

    private List<DeadLetter> deadLetters(Source source, byte[] key, byte[] value) {
        List<DeadLetter> deadLetters = new ArrayList<>(badLines + badFields);
        for (int i = 0; i < lineCount; i++) {
            lines[i].addDeadLetters(deadLetters, "/inventory/" + i, source, key, value);
        }
        return deadLetters;
    }

    private void read(byte[] value, long timestamp) throws Refusal {
        JsonParser parser = null;
        try {
            parser = documents.open(value);
            readDocument(parser, timestamp);
            Documents.leaveDocument(parser);
        } catch (IOException | RuntimeException failure) {
            throw documents.refusal(failure, parser);
        } finally {
            Records.close(parser);
        }
        if (badLines < lineCount) {
            refuseWarehousesNamedTwice();
        }
    }

    private void readDocument(JsonParser parser, long timestamp) throws IOException {
        productId = null;
        eventTime = timestamp;
        lineCount = 0;
        badLines = 0;
        badFields = 0;
        Documents.enterObject(parser);
        int seen = 0;
        String name;
        while ((name = parser.nextFieldName()) != null) {
            JsonToken token = parser.nextToken();
            switch (name) {
                case "product_id" -> {
                    seen = once(seen, PRODUCT_ID, "product_id");
                    productId = Records.name(parser, token, "product_id");
                }
                case "event_time" -> {
                    seen = once(seen, EVENT_TIME, "event_time");
                    eventTime =
                            Records.time(
                                    parser,
                                    token,
                                    "event_time",
                                    timestamp,
                                    limits.maxFutureMillis());
                }
                case "inventory" -> {
                    seen = once(seen, INVENTORY, "inventory");
                    readInventory(parser, token);
                }
                default -> Documents.skip(parser);
            }
        }
        if (productId == null) {
            throw Records.missing("product_id");
        }
    }

    private static int once(int seen, int field, String name) throws Refusal {
        if ((seen & field) != 0) {
            throw Documents.duplicate("/" + name, name);
        }
        return seen | field;
    }

    private void readInventory(JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.START_ARRAY) {
            throw new Refusal(
                    "INVENTORY_NOT_A_LIST",
                    "/inventory",
                    "inventory is " + Documents.kind(token) + "; allowed: a list of objects.");
        }
        JsonToken item;
        while ((item = parser.nextToken()) != JsonToken.END_ARRAY) {
            if (lineCount == limits.maxWarehouses()) {
                throw new Refusal(
                        "TOO_MANY_WAREHOUSES",
                        "/inventory",
                        "inventory has more than "
                                + limits.maxWarehouses()
                                + " lines, the most allowed.");
            }
            InventoryLine line = nextLine();
            line.from = (int) parser.currentTokenLocation().getByteOffset();
            if (item == JsonToken.START_OBJECT) {
                readLine(parser, line);
            } else {
                Documents.skip(parser);
                // Text is read only when somebody asks for it: here, where it ends.
                parser.finishToken();
                line.refuse(
                        "LINE_NOT_AN_OBJECT",
                        null,
                        "The line is " + Documents.kind(item) + "; allowed: an object.");
            }
            line.to = (int) parser.currentLocation().getByteOffset();
            if (line.isGood()) {
                badFields += line.fieldFaults();
            } else {
                badLines++;
            }
        }
    }

    private InventoryLine nextLine() {
        if (lineCount == lines.length) {
            int size = Math.min(Math.max(FEW_LINES, 2 * lineCount), limits.maxWarehouses());
            lines = Arrays.copyOf(lines, size);
            for (int i = lineCount; i < size; i++) {
                lines[i] = new InventoryLine();
            }
        }
        InventoryLine line = lines[lineCount++];
        line.clear();
        return line;
    }

    private void readLine(JsonParser parser, InventoryLine line) throws IOException {
        int seen = 0;
        String name;
        while ((name = parser.nextFieldName()) != null) {
            JsonToken token = parser.nextToken();
            int field =
                    switch (name) {
                        case "warehouse_id" -> WAREHOUSE_ID;
                        case "quantity" -> QUANTITY;
                        case "delivery_time" -> DELIVERY_TIME;
                        case "restocking_time" -> RESTOCKING_TIME;
                        default -> 0;
                    };
            if ((seen & field) != 0) {
                readAgain(parser, line, field, name);
                continue;
            }
            seen |= field;
            switch (field) {
                case WAREHOUSE_ID -> readWarehouseId(parser, token, line);
                case QUANTITY -> readQuantity(parser, token, line);
                case DELIVERY_TIME -> line.deliveryTime = days(parser, token, line, name);
                case RESTOCKING_TIME -> line.restockingTime = days(parser, token, line, name);
                default -> Documents.skip(parser);
            }
        }
        if ((seen & WAREHOUSE_ID) == 0) {
            line.refuse(
                    "WAREHOUSE_ID_MISSING",
                    null,
                    "warehouse_id is missing; allowed: " + Texts.ALLOWED + ".");
        }
    }

    /** A field that stands twice: nobody knows which of the two was meant. */
    private static void readAgain(JsonParser parser, InventoryLine line, int field, String name)
            throws IOException {
        Documents.skip(parser);
        String message = name + " stands twice in the line.";
        if (field == DELIVERY_TIME) {
            line.deliveryTime = StockLevel.ABSENT;
            line.doWithout("DUPLICATE_FIELD", name, message);
        } else if (field == RESTOCKING_TIME) {
            line.restockingTime = StockLevel.ABSENT;
            line.doWithout("DUPLICATE_FIELD", name, message);
        } else {
            line.refuse("DUPLICATE_FIELD", name, message);
        }
    }

    private void readWarehouseId(JsonParser parser, JsonToken token, InventoryLine line)
            throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            Documents.skip(parser);
            line.refuse(
                    "WAREHOUSE_ID_NOT_TEXT",
                    "warehouse_id",
                    "warehouse_id is "
                            + Documents.kind(token)
                            + "; allowed: "
                            + Texts.ALLOWED
                            + ".");
            return;
        }
        char[] text = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int length = parser.getTextLength();
        String known = names.find(text, from, length);
        if (known != null) {
            line.warehouseId = known;
            return;
        }
        String name = new String(text, from, length);
        Texts.Fault fault = Texts.fault(name);
        if (fault == null) {
            names.remember(name);
            line.warehouseId = name;
        } else {
            line.refuse(
                    fault.reason("warehouse_id"), "warehouse_id", fault.message("warehouse_id"));
        }
    }

    private void readQuantity(JsonParser parser, JsonToken token, InventoryLine line)
            throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            Documents.skip(parser);
            line.refuse(
                    "QUANTITY_NOT_INTEGER",
                    "quantity",
                    "quantity is "
                            + Documents.kind(token)
                            + "; allowed: an integer from "
                            + limits.quantityMin()
                            + " to "
                            + limits.quantityMax()
                            + ".");
            return;
        }
        boolean fits = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        long quantity = fits ? parser.getLongValue() : 0;
        if (!fits || quantity < limits.quantityMin() || quantity > limits.quantityMax()) {
            line.refuse(
                    "QUANTITY_OUT_OF_RANGE",
                    "quantity",
                    "quantity is "
                            + Texts.cut(parser.getText())
                            + "; allowed: "
                            + limits.quantityMin()
                            + " to "
                            + limits.quantityMax()
                            + ".");
            return;
        }
        line.quantity = quantity;
    }

    private static int days(JsonParser parser, JsonToken token, InventoryLine line, String field)
            throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return StockLevel.ABSENT;
        }
        if (token != JsonToken.VALUE_NUMBER_INT) {
            Documents.skip(parser);
            line.doWithout(
                    Texts.code(field) + "_NOT_INTEGER",
                    field,
                    field + " is " + Documents.kind(token) + ALLOWED_DAYS);
            return StockLevel.ABSENT;
        }
        boolean fits = parser.getNumberType() == JsonParser.NumberType.INT;
        int days = fits ? parser.getIntValue() : -1;
        if (days < 0 || days > MAX_DAYS) {
            line.doWithout(
                    Texts.code(field) + "_OUT_OF_RANGE",
                    field,
                    field + " is " + Texts.cut(parser.getText()) + ALLOWED_DAYS);
            return StockLevel.ABSENT;
        }
        return days;
    }

    /**
     * A warehouse named twice: nobody knows which of its lines holds, so none does. A line that is
     * bad for another reason counts as a naming but keeps its reason.
     */
    private void refuseWarehousesNamedTwice() {
        if (lineCount <= FEW_LINES) {
            for (int i = 1; i < lineCount; i++) {
                for (int j = 0; j < i; j++) {
                    String name = lines[i].warehouseId;
                    if (name != null && name.equals(lines[j].warehouseId)) {
                        refuseAsNamedTwice(lines[i]);
                        refuseAsNamedTwice(lines[j]);
                    }
                }
            }
            return;
        }
        Map<String, InventoryLine> first = new HashMap<>(2 * lineCount);
        for (int i = 0; i < lineCount; i++) {
            String name = lines[i].warehouseId;
            InventoryLine other = name == null ? null : first.putIfAbsent(name, lines[i]);
            if (other != null) {
                refuseAsNamedTwice(lines[i]);
                refuseAsNamedTwice(other);
            }
        }
    }

    private void refuseAsNamedTwice(InventoryLine line) {
        if (line.isGood()) {
            badLines++;
            badFields -= line.fieldFaults();
            line.refuse(
                    "WAREHOUSE_NAMED_TWICE",
                    "warehouse_id",
                    "The message has another line for warehouse "
                            + Texts.quote(line.warehouseId)
                            + "; allowed: one.");
        }
    }
}
