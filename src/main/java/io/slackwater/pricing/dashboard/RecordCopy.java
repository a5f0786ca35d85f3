package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.slackwater.pricing.json.Instants;
import java.io.IOException;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Copies records of the topics for the page: within limits, or exactly. */
final class RecordCopy {

    /** The longest copy within limits. */
    static final int MAX_COPY = 16_384;

    /** Reasons of a refused book: more would be hundreds of kilobytes for every visitor. */
    static final int MAX_REASONS = 20;

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

    private RecordCopy() {}

    /**
     * Copies a record within limits.
     *
     * @param id written before its fields, with the time; null: neither is
     * @param at the Kafka timestamp, epoch milliseconds
     * @param without names of fields that are left out
     * @param found receives the texts and numbers of its own fields
     */
    static String copy(
            byte[] record, String id, long at, Set<String> without, Map<String, String> found)
            throws IOException {
        StringWriter text = new StringWriter();
        try (JsonParser json = PageJson.open(record);
                JsonGenerator out = PageJson.generator(text)) {
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
                    out.writeFieldName(PageJson.name(field));
                    value(field, json, out, found);
                }
            }
            PageJson.end(json);
            out.writeEndObject();
        }
        if (text.getBuffer().length() > MAX_COPY) {
            throw new IOException("it is too large");
        }
        return text.toString();
    }

    /**
     * Copies an answer about a rule book within limits, the first reasons of it only.
     *
     * @param found receives the texts and numbers of its own fields
     */
    static String answer(byte[] record, long at, Map<String, String> found) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonParser json = PageJson.open(record);
                JsonGenerator out = PageJson.generator(text)) {
            out.writeStartObject();
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken token = json.nextToken();
                if (field.equals("reasons") && token == JsonToken.START_ARRAY) {
                    reasons(json, out);
                } else {
                    out.writeFieldName(PageJson.name(field));
                    value(field, json, out, found);
                }
            }
            PageJson.end(json);
            out.writeStringField("at_kafka", Instants.format(at));
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void reasons(JsonParser json, JsonGenerator out) throws IOException {
        int reasons = 0;
        out.writeArrayFieldStart("reasons");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (++reasons <= MAX_REASONS) {
                value("", json, out, new HashMap<>());
            } else {
                json.skipChildren();
            }
        }
        out.writeEndArray();
        if (reasons > MAX_REASONS) {
            out.writeNumberField("reasons_left_out", reasons - MAX_REASONS);
        }
    }

    private static void value(
            String field, JsonParser json, JsonGenerator out, Map<String, String> found)
            throws IOException {
        switch (json.currentToken()) {
            case VALUE_STRING -> {
                String text = PageJson.cut(json.getText());
                found.put(field, text);
                out.writeString(text);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                // As it is spelled: 8.00 stays 8.00, and 1e999999999 is never calculated.
                String number = json.getText();
                found.put(field, number);
                if (AMOUNTS.contains(field)) {
                    out.writeString(PageJson.amount(json));
                } else if (number.length() > PageJson.MAX_NUMBER) {
                    out.writeString(PageJson.shortened(number));
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
                    out.writeFieldName(PageJson.name(name));
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

    /** Copies a record of any topic exactly, for a visitor who opens it. */
    static String exactly(String id, byte[] value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonParser json = PageJson.open(value);
                JsonGenerator out = PageJson.generator(text)) {
            out.writeStartObject();
            out.writeStringField("id", id);
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                out.writeFieldName(field);
                copyExactly(json, out);
            }
            PageJson.end(json);
            out.writeEndObject();
        }
        return text.toString();
    }

    /** Copies the value that stands here with all that is in it; numbers as they are spelled. */
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
}
