package dev.sotto.openai.answer;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How an answer is streamed.
 *
 * @param includeUsage whether a last chunk says what was used
 * @param includeObfuscation whether chunks are padded, so that their lengths do not give away those
 *     of tokens
 */
public record StreamOptions(
    @JsonProperty("include_usage") boolean includeUsage,
    @JsonProperty("include_obfuscation") boolean includeObfuscation) {}
