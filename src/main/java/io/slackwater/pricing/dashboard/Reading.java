package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.RecordJson;
import io.slackwater.pricing.tools.BookAnswers;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the records of the topics into what the page shows. A record that is not as the contract
 * says, or larger than any name or number may be, throws an {@link IOException} and nothing else:
 * whoever can write to the topics cannot stop the page, nor fill its memory.
 *
 * <p>For one thread.
 */
final class Reading {

    /** Names have at most 256 characters by contract, each of at most two chars. */
    private static final int NAME = 512;

    /**
     * The most characters of a number that the page shows. The job writes no longer ones ({@link
     * RecordJson#LONGEST_NUMBER}), but release 0.1.0 did: they are cut, and end in an ellipsis.
     */
    private static final int NUMBER = 2 * RecordJson.LONGEST_NUMBER;

    private static final int TEXT = 2_000;

    /** The most steps of a trace that the page shows: a price has at most some 130. */
    private static final int STEPS = 500;

    /** The most segments that the page shows: a book has at most 20. */
    private static final int SEGMENTS = 200;

    /** Of a refused book: more would be hundreds of kilobytes for every visitor. */
    private static final int REASONS = 20;

    private static final int DOCUMENT = 1_048_576;

    /** What is copied from a record as it stands may be so large. */
    private static final int COPIED = 16_384;

    /** Steps of a trace whose source is no rule. */
    private static final Set<String> NO_RULE = Set.of("base", "segment");

    /** The source of a rounding that no rule asked for. */
    private static final String ROUNDING_OF_THE_CURRENCY = "HALF_UP";

    /** Numbers that are amounts: the page gets their digits, as text. */
    private static final Set<String> AMOUNTS =
            Set.of(
                    "min_price",
                    "max_price",
                    "avg_price",
                    "stock_value",
                    "price",
                    "previous_price",
                    "change_percent");

    static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(32)
                                    .maxDocumentLength(2 * DOCUMENT)
                                    .maxStringLength(2 * DOCUMENT)
                                    // Numbers are copied and never worked out, so that long
                                    // ones cost no more than text.
                                    .maxNumberLength(2 * DOCUMENT)
                                    .build())
                    // Jackson's default escapes every character beyond the first 65,536.
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    /** The same few texts stand in all records: each is kept once. */
    private final Map<Object, Object> known = new HashMap<>();

    /**
     * A price with the reason for it.
     *
     * @param row the price
     * @param trace how it was made, a JSON array
     */
    record Told(Row row, String trace) {}

    /**
     * A record that is shown as it stands on its topic.
     *
     * @param id its place, {@code partition-offset}
     * @param kind its kind of alert, reason of a dead letter, or state of a rule book
     * @param at its Kafka timestamp, epoch milliseconds
     * @param json the object
     */
    record Item(String id, String kind, long at, String json) {}

    /**
     * A window of {@code dashboard_metrics}.
     *
     * @param dimension such as {@code warehouse}
     * @param value such as {@code WH1}
     * @param currency of its amounts; empty where it has none, or where it is not told
     * @param start epoch milliseconds
     * @param end likewise
     * @param json the object
     */
    record Window(
            String dimension, String value, String currency, long start, long end, String json) {}

    /**
     * What became of a rule book.
     *
     * @param bookId null where it is not known
     * @param told which version it is about, and which one decides
     * @param item the record, its kind is the state
     */
    record Status(String bookId, BookAnswers.Told told, Item item) {}

    /** A key of {@code price_list}. */
    String key(String key) throws IOException {
        return name(key);
    }

    /**
     * A price; not for tombstones.
     *
     * @param place where its record stands
     */
    Told price(String key, byte[] value, Row.Place place) throws IOException {
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
        String trace = "[]";
        name(key);
        try (JsonParser json = open(value)) {
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken token = json.nextToken();
                if (token == JsonToken.VALUE_NULL) {
                    continue;
                }
                switch (field) {
                    case "product_id" -> productId = name(text(json));
                    case "warehouse_id" -> warehouseId = once(name(text(json)));
                    case "quantity" -> quantity = once(integer(json));
                    case "price_tier" -> tier = once(name(text(json)));
                    case "price" -> price = once(amount(json));
                    case "currency" -> currency = once(name(text(json)));
                    case "previous_price" -> previous = once(amount(json));
                    case "previous_currency" -> previousCurrency = once(name(text(json)));
                    case "price_version" -> version = Long.parseLong(integer(json));
                    case "cause" -> cause = once(name(text(json)));
                    case "event_time" -> eventTime = time(json);
                    case "effective_at" -> effectiveAt = time(json);
                    case "rule_book" -> book = once(bounded(text(json), 2 * NAME));
                    case "segment_prices" -> segments = segments(json);
                    case "trace" -> trace = once(trace(json, rules));
                    default -> json.skipChildren();
                }
            }
            end(json);
        } catch (NumberFormatException e) {
            throw new IOException("price_version is out of range", e);
        }
        if (productId == null || warehouseId == null || quantity == null || price == null) {
            throw new IOException("product_id, warehouse_id, quantity or price is missing");
        }
        return new Told(
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
                        once(List.copyOf(rules)),
                        eventTime,
                        effectiveAt,
                        book,
                        once(segments),
                        false,
                        place),
                trace);
    }

    private static Map<String, String> segments(JsonParser json) throws IOException {
        Map<String, String> segments = new LinkedHashMap<>();
        object(json);
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            String amount = amount(json);
            if (segments.size() < SEGMENTS) {
                segments.put(name(name), amount);
            }
        }
        return segments;
    }

    /** The steps with their amounts as text; the rules among them are added to a list. */
    private static String trace(JsonParser json, List<String> rules) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("trace is no list");
        }
        StringWriter text = new StringWriter();
        int steps = 0;
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartArray();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                object(json);
                if (++steps > STEPS) {
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
                            step = name(text(json));
                            out.writeStringField(field, step);
                        }
                        case "source" -> {
                            source = bounded(text(json), 2 * NAME);
                            out.writeStringField(field, source);
                        }
                        case "detail" -> out.writeStringField(field, cut(text(json)));
                        case "after" -> out.writeStringField(field, amount(json));
                        default -> json.skipChildren();
                    }
                }
                out.writeEndObject();
                boolean ofTheCurrency =
                        step.equals("rounding") && source.equals(ROUNDING_OF_THE_CURRENCY);
                if (!source.isEmpty() && !NO_RULE.contains(step) && !ofTheCurrency) {
                    rules.add(source);
                }
            }
            out.writeEndArray();
        }
        return text.toString();
    }

    /** A window of the metrics. */
    Window window(byte[] value) throws IOException {
        Map<String, String> found = new HashMap<>();
        String json = copy(value, null, 0, Set.of(), found);
        long start = Instants.parse(found.getOrDefault("window_start", ""));
        long end = Instants.parse(found.getOrDefault("window_end", ""));
        String dimension = found.get("dimension");
        String of = found.get("value");
        if (start == Instants.INVALID
                || end == Instants.INVALID
                || dimension == null
                || of == null) {
            throw new IOException("window_start, window_end, dimension or value is missing");
        }
        String currency = once(name(found.getOrDefault("currency", "")));
        return new Window(once(name(dimension)), once(name(of)), currency, start, end, json);
    }

    /** An alert. */
    Item alert(String id, byte[] value, long at) throws IOException {
        Map<String, String> found = new HashMap<>();
        String json = copy(value, id, at, Set.of(), found);
        if (found.get("alert") == null) {
            throw new IOException("alert is missing");
        }
        return new Item(id, once(name(found.get("alert"))), at, json);
    }

    /** A dead letter, without its key and payload: they are read again when somebody looks. */
    Item letter(String id, byte[] value, long at) throws IOException {
        Map<String, String> found = new HashMap<>();
        String json = copy(value, id, at, Set.of("key", "payload"), found);
        if (found.get("reason") == null) {
            throw new IOException("reason is missing");
        }
        return new Item(id, once(name(found.get("reason"))), at, json);
    }

    /** What became of a rule book. */
    Status status(String id, byte[] value, long at) throws IOException {
        Map<String, String> found = new HashMap<>();
        StringWriter text = new StringWriter();
        try (JsonParser json = open(value);
                JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken token = json.nextToken();
                if (field.equals("reasons") && token == JsonToken.START_ARRAY) {
                    reasons(json, out);
                } else {
                    out.writeFieldName(name(field));
                    value(field, json, out, found);
                }
            }
            end(json);
            out.writeStringField("at_kafka", Instants.format(at));
            out.writeEndObject();
        }
        String state = found.get("status");
        if (state == null) {
            throw new IOException("status is missing");
        }
        Long version = number(found, "version");
        String copied = text.toString();
        if (copied.length() > COPIED + REASONS * 2 * TEXT) {
            throw new IOException("it is too large");
        }
        int dash = id.indexOf('-');
        BookAnswers.Told told =
                new BookAnswers.Told(
                        version == null ? 0 : version,
                        name(state),
                        number(found, "deciding_version"),
                        instant(found, "effective_from"),
                        instant(found, "at"),
                        at,
                        Integer.parseInt(id.substring(0, dash)),
                        Long.parseLong(id.substring(dash + 1)));
        return new Status(found.get("book_id"), told, new Item(id, state, at, copied));
    }

    /** Null: it is not there. */
    private static Long number(Map<String, String> found, String field) throws IOException {
        try {
            return found.containsKey(field) ? Long.valueOf(found.get(field)) : null;
        } catch (NumberFormatException e) {
            throw new IOException(field + " is no integer", e);
        }
    }

    /** Null: it is no time. */
    private static Long instant(Map<String, String> found, String field) {
        long time = Instants.parse(found.getOrDefault(field, ""));
        return time == Instants.INVALID ? null : time;
    }

    private static void reasons(JsonParser json, JsonGenerator out) throws IOException {
        int reasons = 0;
        out.writeArrayFieldStart("reasons");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (++reasons <= REASONS) {
                value("", json, out, new HashMap<>());
            } else {
                json.skipChildren();
            }
        }
        out.writeEndArray();
        if (reasons > REASONS) {
            out.writeNumberField("reasons_left_out", reasons - REASONS);
        }
    }

    /** A record of any topic whole, with its amounts as they are, for somebody who opens it. */
    static String whole(String id, byte[] value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonParser json = open(value);
                JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("id", id);
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                out.writeFieldName(field);
                copyExactly(json, out);
            }
            end(json);
            out.writeEndObject();
        }
        return text.toString();
    }

    /** The value at hand with all that is in it; numbers as they are spelled. */
    private static void copyExactly(JsonParser json, JsonGenerator out) throws IOException {
        int depth = 0;
        while (true) {
            JsonToken token = json.currentToken();
            if (token.isNumeric()) {
                out.writeNumber(json.getText());
            } else {
                out.copyCurrentEvent(json);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                return;
            }
            if (json.nextToken() == null) {
                throw new IOException("it ends too early");
            }
        }
    }

    /**
     * Copies an object.
     *
     * @param id written before its fields, with the time; null: neither is
     * @param at the Kafka timestamp, epoch milliseconds
     * @param without names of fields that are left out
     * @param found is told the texts and numbers of its own fields
     */
    private static String copy(
            byte[] record, String id, long at, Set<String> without, Map<String, String> found)
            throws IOException {
        StringWriter text = new StringWriter();
        try (JsonParser json = open(record);
                JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            if (id != null) {
                out.writeStringField("id", id);
                out.writeStringField("at_kafka", Instants.format(at));
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                if (without.contains(field) || field.equals("id") || field.equals("at_kafka")) {
                    json.skipChildren();
                } else {
                    out.writeFieldName(name(field));
                    value(field, json, out, found);
                }
            }
            end(json);
            out.writeEndObject();
        }
        if (text.getBuffer().length() > COPIED) {
            throw new IOException("it is too large");
        }
        return text.toString();
    }

    private static void value(
            String field, JsonParser json, JsonGenerator out, Map<String, String> found)
            throws IOException {
        switch (json.currentToken()) {
            case VALUE_STRING -> {
                String text = cut(json.getText());
                found.put(field, text);
                out.writeString(text);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                // As it is spelled: 8.00 stays 8.00, and 1e999999999 is never worked out.
                String number = json.getText();
                found.put(field, number);
                if (AMOUNTS.contains(field)) {
                    out.writeString(amount(json));
                } else if (number.length() > NUMBER) {
                    out.writeString(shortened(number));
                } else {
                    out.writeNumber(number);
                }
            }
            case START_OBJECT -> {
                out.writeStartObject();
                for (String name = json.nextFieldName();
                        name != null;
                        name = json.nextFieldName()) {
                    json.nextToken();
                    out.writeFieldName(name(name));
                    value(name, json, out, new HashMap<>());
                }
                out.writeEndObject();
            }
            case START_ARRAY -> {
                out.writeStartArray();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    value("", json, out, new HashMap<>());
                }
                out.writeEndArray();
            }
            default -> out.copyCurrentEvent(json);
        }
    }

    private static JsonParser open(byte[] value) throws IOException {
        if (value == null || value.length > DOCUMENT) {
            throw new IOException("it is " + (value == null ? "empty" : "too large"));
        }
        JsonParser json = JSON.createParser(value);
        if (json.nextToken() != JsonToken.START_OBJECT) {
            json.close();
            throw new IOException("it is no JSON object");
        }
        return json;
    }

    private static void end(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw new IOException("it does not end where the object ends");
        }
    }

    private static void object(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("it is no object");
        }
    }

    private static String text(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IOException(json.currentName() + " is no text");
        }
        return json.getText();
    }

    private static String integer(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new IOException(json.currentName() + " is no integer");
        }
        return shortened(json.getText());
    }

    /** A plain decimal, as it is spelled; a very long one is cut. */
    private static String amount(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        String text = json.getText();
        if ((token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT)
                || text.indexOf('e') >= 0
                || text.indexOf('E') >= 0) {
            throw new IOException(json.currentName() + " is no amount");
        }
        return shortened(text);
    }

    /** A number of bounded length: zeros or digits at its end are left out, which is shown. */
    private static String shortened(String number) {
        return number.length() <= NUMBER ? number : number.substring(0, NUMBER) + "…";
    }

    private static long time(JsonParser json) throws IOException {
        return Instants.parse(text(json));
    }

    private static String name(String name) throws IOException {
        // A key holds two names, a bar, and a backslash before each bar and backslash.
        return bounded(name, 3 * NAME + 1);
    }

    private static String bounded(String text, int length) throws IOException {
        if (text == null || text.length() > length) {
            throw new IOException("a name is " + (text == null ? "missing" : "too long"));
        }
        return text;
    }

    private static String cut(String text) {
        if (text.length() <= TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(TEXT - 1)) ? TEXT - 1 : TEXT;
        return text.substring(0, end) + "…";
    }

    /** The same text, list or map as the one that was seen before. */
    @SuppressWarnings("unchecked")
    private <T> T once(T value) {
        if (known.size() > 20_000) {
            known.clear();
        }
        return (T) known.computeIfAbsent(value, same -> same);
    }

    /** Writes a JSON document. */
    @FunctionalInterface
    interface Document {
        void write(JsonGenerator json) throws IOException;
    }

    /** The text of a document. */
    static String write(Document document) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            document.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail", e);
        }
        return text.toString();
    }
}
