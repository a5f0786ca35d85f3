package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonToken;
import io.slackwater.pricing.json.InventoryDecoder.Limits;

/**
 * Words what is wrong with an inventory message or one of its lines: a stable reason code, the
 * field, and a sentence that says what is and what is allowed. Apart from {@link InventoryDecoder},
 * so that its methods stay short: they run for every line, these for faults only.
 */
final class InventoryFaults {

    private static final String ALLOWED_DAYS =
            "; allowed: whole days from 0 to "
                    + InventoryDecoder.MAX_DAYS
                    + ". The line is taken without it.";

    private InventoryFaults() {}

    // ---- faults that cost the message

    static Refusal notAList(JsonToken inventory) {
        return new Refusal(
                "INVENTORY_NOT_A_LIST",
                "/inventory",
                "inventory is " + Documents.kind(inventory) + "; allowed: a list of objects.");
    }

    static Refusal tooManyLines(Limits limits) {
        return new Refusal(
                "TOO_MANY_WAREHOUSES",
                "/inventory",
                "inventory has more than " + limits.maxWarehouses() + " lines, the most allowed.");
    }

    // ---- faults that cost the line

    static void notAnObject(InventoryLine line, JsonToken item) {
        line.refuse(
                "LINE_NOT_AN_OBJECT",
                null,
                "The line is " + Documents.kind(item) + "; allowed: an object.");
    }

    static void warehouseMissing(InventoryLine line) {
        line.refuse(
                "WAREHOUSE_ID_MISSING",
                null,
                "warehouse_id is missing; allowed: " + Texts.ALLOWED + ".");
    }

    static void warehouseNotText(InventoryLine line, JsonToken token) {
        line.refuse(
                "WAREHOUSE_ID_NOT_TEXT",
                "warehouse_id",
                "warehouse_id is " + Documents.kind(token) + "; allowed: " + Texts.ALLOWED + ".");
    }

    static void warehouse(InventoryLine line, Texts.Fault fault) {
        line.refuse(fault.reason("warehouse_id"), "warehouse_id", fault.message("warehouse_id"));
    }

    static void warehouseNamedTwice(InventoryLine line) {
        line.refuse(
                "WAREHOUSE_NAMED_TWICE",
                "warehouse_id",
                "The message has another line for warehouse "
                        + Texts.quote(line.warehouseId)
                        + "; allowed: one.");
    }

    static void quantityNotInteger(InventoryLine line, JsonToken token, Limits limits) {
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
    }

    static void quantityOutOfRange(InventoryLine line, String quantity, Limits limits) {
        line.refuse(
                "QUANTITY_OUT_OF_RANGE",
                "quantity",
                "quantity is "
                        + Texts.cut(quantity)
                        + "; allowed: "
                        + limits.quantityMin()
                        + " to "
                        + limits.quantityMax()
                        + ".");
    }

    // ---- faults that cost the field alone, where it is optional

    /** A field that stands twice; it costs the line where the field is needed. */
    static void fieldTwice(InventoryLine line, String field, boolean optional) {
        String message = field + " stands twice in the line.";
        if (optional) {
            line.doWithout("DUPLICATE_FIELD", field, message);
        } else {
            line.refuse("DUPLICATE_FIELD", field, message);
        }
    }

    static void daysNotInteger(InventoryLine line, String field, JsonToken token) {
        line.doWithout(
                Texts.code(field) + "_NOT_INTEGER",
                field,
                field + " is " + Documents.kind(token) + ALLOWED_DAYS);
    }

    static void daysOutOfRange(InventoryLine line, String field, String days) {
        line.doWithout(
                Texts.code(field) + "_OUT_OF_RANGE",
                field,
                field + " is " + Texts.cut(days) + ALLOWED_DAYS);
    }
}
