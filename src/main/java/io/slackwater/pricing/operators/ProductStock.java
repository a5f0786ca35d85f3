package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.ProductFacts;

/**
 * Everything that is stored of one product: the facts, and its newest stock level in each of its
 * warehouses. One entry of the state, so that a message costs one read and one write, whatever
 * number of warehouses it names.
 *
 * <p>Never changed once it is made: a checkpoint may be writing it. The arrays are not copied, for
 * speed; whoever hands them over keeps his hands off.
 *
 * @param facts what is known of the product as a whole
 * @param warehouses their ids, each once, in the order in which they were first heard of
 * @param levels by the same index, what is stored of the product there; at least one
 */
@SuppressWarnings("ArrayRecordComponent") // Read once a message; never compared.
record ProductStock(ProductFacts facts, String[] warehouses, PricedStock[] levels) {

    /**
     * A product in more warehouses than this is stored with an entry for each of them: every update
     * writes an entry as a whole.
     */
    static final int MOST_WAREHOUSES = 64;
}
