package io.slackwater.pricing.json;

/**
 * The keys and values of one output topic: the fields, names and order of the contract. An optional
 * field that is absent (null) is left out. Amounts are JSON numbers with the digits that they have
 * ({@code 8.00} stays {@code 8.00}), times are ISO-8601, {@code Z}, with milliseconds.
 *
 * <p>For one thread: buffers are used again from record to record.
 *
 * @param <T> what the records are made of
 */
public interface RecordJson<T> {

    /**
     * The most characters of a number that is ever written. Readers take longer ones too; the
     * defaults of the common JSON libraries (1,000 with Jackson) are far above it.
     *
     * <p>A price has at most 27 digits before the point: a book's amounts have 18, and bands,
     * regions and charm endings multiply them by less than 10^9. The value of a million million
     * such stock levels has less than 55.
     */
    int LONGEST_NUMBER = 60;

    /** Returns the key. */
    byte[] key(T element);

    /**
     * Returns the value, cut where it would be longer than there is room for; null: a tombstone.
     *
     * @param room in bytes
     */
    byte[] value(T element, int room);

    /** Returns the value, however long it is. */
    default byte[] value(T element) {
        return value(element, Integer.MAX_VALUE);
    }
}
