package io.slackwater.pricing.demo;

/**
 * Checks the order of the records of {@code price_list}: every price version is one more than that
 * before it, and only what has a price is withdrawn. A fault is certain, and stays.
 */
final class VersionCheck {

    private long records;
    private String fault;

    /** The next price of a key. */
    void price(AuditedKey key, PriceRecord price) {
        records++;
        if (price.version() != key.version() + 1) {
            found(
                    "%s: price version %d came after %d."
                            .formatted(key, price.version(), key.version()));
        }
    }

    /**
     * The price of a key is withdrawn.
     *
     * @param recordKey the key of the record
     * @param key null: it is not known
     */
    void withdrawal(String recordKey, AuditedKey key) {
        records++;
        if (key == null || key.price() == null) {
            found(recordKey.replace("|", " in ") + " was withdrawn and had no price.");
        }
    }

    private void found(String text) {
        fault = fault == null ? text : fault;
    }

    /** Returns how many records were checked. */
    long records() {
        return records;
    }

    /** Returns one sentence about the first fault; null: none. */
    String fault() {
        return fault;
    }
}
