package io.slackwater.pricing.rules;

/**
 * Entries for a trace, separated by {@code "; "}. At most five are written out, then {@code and 3
 * more}: a trace goes with every row and stays compact whatever the book says.
 */
final class Listing {

    private static final int WRITTEN_OUT = 5;

    private StringBuilder text;
    private String only = "";
    private int entries;

    void add(String entry) {
        entries++;
        if (entries == 1) {
            only = entry;
        } else if (entries <= WRITTEN_OUT) {
            if (text == null) {
                text = new StringBuilder(only);
            }
            text.append("; ").append(entry);
        }
    }

    /** Empty without an entry. */
    @Override
    public String toString() {
        if (text == null) {
            return only;
        }
        return entries <= WRITTEN_OUT
                ? text.toString()
                : text + "; and " + (entries - WRITTEN_OUT) + " more";
    }
}
