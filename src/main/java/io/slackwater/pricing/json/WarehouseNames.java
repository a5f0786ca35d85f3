package io.slackwater.pricing.json;

/**
 * The warehouse names seen of late, so that the same few names are neither allocated nor checked
 * again in every message. Bounded: a name takes the place of another with the same slot.
 */
final class WarehouseNames {

    private static final int SLOTS = 1 << 10;

    /** Longer names are not worth comparing; it also bounds the memory kept. */
    private static final int MAX_LENGTH = 64;

    private final String[] names = new String[SLOTS];

    /** The valid name that is spelled so, if it was {@link #remember}ed; else null. */
    String find(char[] text, int from, int length) {
        if (length > MAX_LENGTH) {
            return null;
        }
        int hash = 0;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + text[i];
        }
        String name = names[slot(hash)];
        if (name == null || name.length() != length) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) != text[from + i]) {
                return null;
            }
        }
        return name;
    }

    /** Keeps a name that is valid. */
    void remember(String name) {
        if (name.length() <= MAX_LENGTH) {
            names[slot(name.hashCode())] = name;
        }
    }

    private static int slot(int hash) {
        return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SLOTS - 1);
    }
}
