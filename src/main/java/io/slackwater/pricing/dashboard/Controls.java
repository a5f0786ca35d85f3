package io.slackwater.pricing.dashboard;

import java.util.List;

/**
 * The buttons of the page and the promises that it shows. Only the demo has controls: a page beside
 * a real job changes nothing.
 *
 * <p>Its methods are called by several threads, {@link #promises()} about once a second: it tells
 * what is known and computes nothing.
 */
public interface Controls {

    /** The buttons, in the order in which they stand on the page. Always the same. */
    List<Button> buttons();

    /**
     * Does what a button says.
     *
     * @param buttonId of one of {@link #buttons()}
     * @return one sentence of what was done
     * @throws IllegalStateException with one sentence, when it cannot be done now
     */
    String press(String buttonId) throws Exception;

    /** The promises, in the order in which they stand on the page, with how they do now. */
    List<Promise> promises();

    /**
     * A button.
     *
     * @param id its name in {@link #press}, such as {@code kill}
     * @param label what stands on it
     * @param hint what to look for when it was pressed, one sentence
     */
    record Button(String id, String label, String hint) {}

    /**
     * A promise.
     *
     * @param id such as {@code nothing-lost}
     * @param label such as {@code Nothing lost}
     * @param state how it does
     * @param text one sentence with numbers
     */
    record Promise(String id, String label, State state, String text) {}

    /** The states of a promise. */
    enum State {
        /** It was checked just now, and is true. */
        KEPT,
        /** Something is on its way, so that nobody can say yet. */
        CHECKING,
        /** It is not true. It stays broken. */
        BROKEN
    }
}
