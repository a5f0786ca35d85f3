package io.slackwater.pricing.json;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import java.util.ArrayList;
import java.util.List;

/** A line of an inventory message while it is read; used again for every message. */
final class InventoryLine {

    /**
     * Why a field, or the line itself, cannot be used.
     *
     * @param field null: the line itself
     */
    private record Fault(String reason, String field, String message) {}

    String warehouseId;
    long quantity;
    int deliveryTime;
    int restockingTime;

    /** Its bytes in the document, from the first to the one after the last. */
    int from;

    int to;

    /** Null while the line is good; the first fault counts. */
    private Fault fault;

    /** The faults of optional fields, at most one for each; null: none. */
    private List<Fault> fieldFaults;

    void clear() {
        warehouseId = null;
        quantity = 0;
        deliveryTime = StockLevel.ABSENT;
        restockingTime = StockLevel.ABSENT;
        fault = null;
        fieldFaults = null;
    }

    /** Returns whether it can be priced, with or without its optional fields. */
    boolean isGood() {
        return fault == null;
    }

    /** The optional fields that cannot be used. */
    int fieldFaults() {
        return fieldFaults == null ? 0 : fieldFaults.size();
    }

    /**
     * Refuses the line.
     *
     * @param field the field with the fault; null: the line itself
     */
    void refuse(String reason, String field, String message) {
        if (fault == null) {
            fault = new Fault(reason, field, message);
        }
    }

    /** Leaves an optional field out; of several faults of a field the first counts. */
    void doWithout(String reason, String field, String message) {
        if (fieldFaults == null) {
            fieldFaults = new ArrayList<>(2);
        }
        for (Fault told : fieldFaults) {
            if (told.field.equals(field)) {
                return;
            }
        }
        fieldFaults.add(new Fault(reason, field, message));
    }

    /**
     * Adds the dead letter of a bad line, or one for each field that a good line does without.
     *
     * @param path JSON pointer to the line
     * @param value the message
     */
    void addDeadLetters(
            List<DeadLetter> out, String path, Source source, byte[] key, byte[] value) {
        if (fault != null) {
            out.add(deadLetter(fault, path, source, key, value));
        } else if (fieldFaults != null) {
            for (Fault fieldFault : fieldFaults) {
                out.add(deadLetter(fieldFault, path, source, key, value));
            }
        }
    }

    private DeadLetter deadLetter(
            Fault told, String path, Source source, byte[] key, byte[] value) {
        return DeadLetters.of(
                told.reason,
                told.field == null ? path : path + "/" + told.field,
                told.message,
                source,
                key,
                value,
                from,
                to);
    }
}
