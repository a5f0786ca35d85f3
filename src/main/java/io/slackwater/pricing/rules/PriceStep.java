package io.slackwater.pricing.rules;

import java.util.List;

/**
 * One step of a price: the rules of one kind of a book, made ready. A book's steps are done one
 * after the other for every price, so a step finds its rules by an index, and works out nothing
 * that is the same for two prices.
 */
abstract class PriceStep {

    /**
     * Does its part of a price.
     *
     * @return whether there is still a price: false ends it, with nothing left to pay
     */
    abstract boolean apply(Calculation price);

    /** The rules that it applies, in no order. */
    abstract List<? extends ReadyRule<?>> rules();
}
