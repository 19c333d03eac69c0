package dev.sotto.scan;

import dev.sotto.scan.Needles.Near;
import dev.sotto.scan.Needles.Needle;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks through all memory of a process: every page of heap, off-heap, stacks and mapped files that
 * was ever touched, as /proc shows them; all but the JDK's own files that are mapped for reading
 * only, into which nobody can have written. Exact needles are found at any address, near ones at
 * multiples of eight.
 */
public final class MemoryScan {
  private static final int CHUNK = 1 << 20;
  private static final int KEY_BYTES = 8;
  private static final int PAGE = 4096;

  private final Near[] near;
  private final Map<Long, List<Needle>> byKey = new HashMap<>();
  private final boolean[] starts = new boolean[1 << 16]; // where the key of a needle may be
  private final int overlap;

  private final byte[] buffer;
  private final long[] words;
  private long scanned;

  /** IllegalArgumentException for a needle of less than 16 bytes. */
  public MemoryScan(Needles needles) {
    this.near = needles.near().toArray(Near[]::new);
    int longest = KEY_BYTES;
    for (Needle needle : needles.exact()) {
      if (needle.length() < 2 * KEY_BYTES) {
        throw new IllegalArgumentException(needle.name() + " is short enough to occur by chance");
      }
      long key = 0;
      for (int i = 0; i < KEY_BYTES; i++) {
        key |= (needle.at(i) & 0xffL) << (8 * i);
      }
      byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(needle);
      starts[bucket(key)] = true;
      longest = Math.max(longest, needle.length());
    }
    for (Near n : near) {
      longest = Math.max(longest, 8 * n.negated().length);
    }
    overlap = (longest + 7) / 8 * 8;
    buffer = new byte[CHUNK + overlap];
    words = new long[buffer.length / 8];
  }

  /** Bytes that were looked through. */
  public long scanned() {
    return scanned;
  }

  /**
   * The names of the needles that lie in a process's memory.
   *
   * @throws IOException if there is no such process, or its memory may not be read
   */
  public Set<String> find(long pid) throws IOException {
    Set<String> found = new TreeSet<>();
    String jdk = jdk(Path.of("/proc/" + pid + "/exe").toRealPath());
    try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r");
        RandomAccessFile pages = new RandomAccessFile("/proc/" + pid + "/pagemap", "r")) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
        String[] fields = line.split("\\s+", 6);
        if (fields[1].startsWith("r") && !isPublic(fields, jdk)) {
          String[] range = fields[0].split("-", 2);
          long from = Long.parseUnsignedLong(range[0], 16);
          long to = Long.parseUnsignedLong(range[1], 16);
          if (from >= 0 && to > from) {
            runs(pages, from, to, (begin, end) -> region(memory, begin, end, found));
          }
        }
      }
    }
    return found;
  }

  /** Calls for each run of pages, within the range, that exist: in memory or swapped out. */
  private static void runs(RandomAccessFile pages, long from, long to, Run run) throws IOException {
    byte[] entries = new byte[8 * 4096];
    long begin = -1;
    for (long at = from; at < to; at += (long) PAGE * 4096) {
      int count = (int) Math.min(4096, (to - at) / PAGE);
      pages.seek(at / PAGE * 8);
      try {
        pages.readFully(entries, 0, 8 * count);
      } catch (EOFException e) {
        return; // the range has gone since it was listed
      }
      for (int i = 0; i < count; i++) {
        boolean exists = (entries[8 * i + 7] & 0xc0) != 0;
        if (exists && begin < 0) {
          begin = at + (long) PAGE * i;
        } else if (!exists && begin >= 0) {
          run.of(begin, at + (long) PAGE * i);
          begin = -1;
        }
      }
    }
    if (begin >= 0) {
      run.of(begin, to);
    }
  }

  @FunctionalInterface
  private interface Run {
    void of(long begin, long end);
  }

  /** The JDK's folder, if the program is a JVM; otherwise what begins no path. */
  private static String jdk(Path program) {
    String name = "bin/java";
    String path = program.toString();
    return program.endsWith(name) ? path.substring(0, path.length() - name.length()) : "no JDK";
  }

  private static boolean isPublic(String[] fields, String jdk) {
    String file = fields.length < 6 ? "" : fields[5];
    return file.startsWith("[v") || (!fields[1].contains("w") && file.startsWith(jdk));
  }

  /**
   * The names of the needles that lie in a file, however large.
   *
   * @throws IOException if it cannot be read to the end that it had at first
   */
  public Set<String> find(Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      long length = bytes.length();
      for (long at = 0; at < length; at += CHUNK) {
        int wanted = (int) Math.min(buffer.length, length - at);
        bytes.seek(at);
        bytes.readFully(buffer, 0, wanted);
        scanned += Math.min(wanted, CHUNK);
        Arrays.fill(buffer, wanted, buffer.length, (byte) 0);
        search(buffer, words, Math.min(wanted, CHUNK), buffer.length, found);
      }
    }
    return found;
  }

  /** The names of the needles that lie in bytes at hand. */
  public Set<String> find(byte[] bytes) {
    Set<String> found = new TreeSet<>();
    byte[] padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8 + overlap);
    search(padded, new long[padded.length / 8], bytes.length, padded.length, found);
    return found;
  }

  private void region(RandomAccessFile memory, long from, long to, Set<String> found) {
    for (long at = from; at < to; at += CHUNK) {
      int wanted = (int) Math.min(buffer.length, to - at);
      int have = read(memory, at, buffer, wanted);
      if (have > 0) {
        scanned += Math.min(have, CHUNK);
        Arrays.fill(buffer, have, buffer.length, (byte) 0);
        search(buffer, words, Math.min(have, CHUNK), buffer.length, found);
      }
    }
  }

  /** What can be read from there: pages may have gone since the list was made. */
  private static int read(RandomAccessFile memory, long at, byte[] buffer, int wanted) {
    int have = 0;
    try {
      memory.seek(at);
      while (have < wanted) {
        int n = memory.read(buffer, have, wanted - have);
        if (n <= 0) {
          break;
        }
        have += n;
      }
    } catch (IOException e) {
      // Behind the end of a mapped file, or unmapped meanwhile: nothing lies there.
    }
    return have;
  }

  /** Needles that begin before {@code begin} and end before {@code limit}. */
  private void search(byte[] bytes, long[] words, int begin, int limit, Set<String> found) {
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    view.asLongBuffer().get(words);
    for (int w = 0; w < (begin + 7) / 8 && w < words.length; w++) {
      if (words[w] == 0 && (w + 1 == words.length || words[w + 1] == 0)) {
        continue; // no key is so empty
      }
      int at = 8 * w;
      for (int i = at; i < at + 8 && i < begin; i++) {
        if (i + KEY_BYTES <= limit) {
          long key = view.getLong(i);
          if (starts[bucket(key)]) {
            exact(bytes, i, limit, key, found);
          }
        }
      }
      for (Near n : near) {
        if (w + n.negated().length <= words.length && n.at(words, w)) {
          found.add(n.name());
        }
      }
    }
  }

  /** A hash: memory is full of zeros and of small numbers, which would share simpler buckets. */
  private static int bucket(long key) {
    return (int) ((key * 0x9e3779b97f4a7c15L) >>> 48);
  }

  private void exact(byte[] bytes, int at, int limit, long key, Set<String> found) {
    for (Needle needle : byKey.getOrDefault(key, List.of())) {
      int i = KEY_BYTES;
      while (i < needle.length() && at + i < limit && bytes[at + i] == needle.at(i)) {
        i++;
      }
      if (i == needle.length()) {
        found.add(needle.name());
      }
    }
  }
}
