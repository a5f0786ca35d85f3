package io.slackwater.pricing.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks for strict UTF-8 (Unicode 15, table 3-7). Jackson accepts some overlong forms and
 * surrogates as text, so its word is not enough; the decoder of the JDK would copy every document.
 */
final class Utf8 {

    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Utf8() {}

    /**
     * Returns the index of the first byte that is not part of well-formed UTF-8; -1 where all are.
     */
    static int firstMalformed(byte[] bytes) {
        int length = bytes.length;
        int i = 0;
        while (i < length) {
            // Eight bytes at a time while they are ASCII.
            while (i + Long.BYTES <= length && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
                i += Long.BYTES;
            }
            if (i == length) {
                return -1;
            }
            int lead = bytes[i];
            if (lead >= 0) {
                i++;
                continue;
            }
            int size = sequence(bytes, i, lead & 0xFF, length);
            if (size == 0) {
                return i;
            }
            i += size;
        }
        return -1;
    }

    /** The length of the well-formed sequence at i; 0 when there is none. */
    private static int sequence(byte[] bytes, int i, int lead, int length) {
        int size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (size == 0 || i + size > length) {
            return 0;
        }
        int second = bytes[i + 1] & 0xFF;
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = i + 2; k < i + size; k++) {
            if ((bytes[k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
