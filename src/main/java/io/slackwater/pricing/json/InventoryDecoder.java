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
import java.util.List;

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

    /** The longest delivery or restocking time, days. */
    static final int MAX_DAYS = 36_500;

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
    private final InventoryLines lines;

    /**
     * @param limits what a message may say
     * @param completeMessages whether a message names every warehouse of its product
     */
    public InventoryDecoder(Limits limits, boolean completeMessages) {
        this.limits = limits;
        this.lines = new InventoryLines(limits.maxWarehouses());
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
        // Complete means: what is not named is gone. A bad line named a warehouse, perhaps one that
        // cannot even be read; taking its message for complete would withdraw that warehouse's
        // price. A message without lines says nothing, by contract, rather than that all is gone.
        boolean complete = completeMessages && lines.count() > 0 && lines.bad() == 0;
        return new InventoryMessage(
                source,
                productId,
                version,
                complete ? Kind.COMPLETE : Kind.PARTIAL,
                lines.levels(productId, version, source.timestamp()),
                lines.deadLetters(source, key, value),
                lines.count());
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
        lines.refuseWarehousesNamedTwice();
    }

    private void readDocument(JsonParser parser, long timestamp) throws IOException {
        productId = null;
        eventTime = timestamp;
        lines.clear();
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
            throw InventoryFaults.notAList(token);
        }
        JsonToken item;
        while ((item = parser.nextToken()) != JsonToken.END_ARRAY) {
            if (lines.count() == limits.maxWarehouses()) {
                throw InventoryFaults.tooManyLines(limits);
            }
            InventoryLine line = lines.next();
            line.from = (int) parser.currentTokenLocation().getByteOffset();
            if (item == JsonToken.START_OBJECT) {
                readLine(parser, line);
            } else {
                Documents.skip(parser);
                // Text is read only when somebody asks for it: here, where it ends.
                parser.finishToken();
                InventoryFaults.notAnObject(line, item);
            }
            line.to = (int) parser.currentLocation().getByteOffset();
            lines.ended(line);
        }
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
            InventoryFaults.warehouseMissing(line);
        }
    }

    /** A field that stands twice: nobody knows which of the two was meant. */
    private static void readAgain(JsonParser parser, InventoryLine line, int field, String name)
            throws IOException {
        Documents.skip(parser);
        if (field == DELIVERY_TIME) {
            line.deliveryTime = StockLevel.ABSENT;
        } else if (field == RESTOCKING_TIME) {
            line.restockingTime = StockLevel.ABSENT;
        }
        boolean optional = field == DELIVERY_TIME || field == RESTOCKING_TIME;
        InventoryFaults.fieldTwice(line, name, optional);
    }

    private void readWarehouseId(JsonParser parser, JsonToken token, InventoryLine line)
            throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            Documents.skip(parser);
            InventoryFaults.warehouseNotText(line, token);
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
            InventoryFaults.warehouse(line, fault);
        }
    }

    private void readQuantity(JsonParser parser, JsonToken token, InventoryLine line)
            throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            Documents.skip(parser);
            InventoryFaults.quantityNotInteger(line, token, limits);
            return;
        }
        boolean fits = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        long quantity = fits ? parser.getLongValue() : 0;
        if (!fits || quantity < limits.quantityMin() || quantity > limits.quantityMax()) {
            InventoryFaults.quantityOutOfRange(line, parser.getText(), limits);
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
            InventoryFaults.daysNotInteger(line, field, token);
            return StockLevel.ABSENT;
        }
        boolean fits = parser.getNumberType() == JsonParser.NumberType.INT;
        int days = fits ? parser.getIntValue() : -1;
        if (days < 0 || days > MAX_DAYS) {
            InventoryFaults.daysOutOfRange(line, field, parser.getText());
            return StockLevel.ABSENT;
        }
        return days;
    }
}
