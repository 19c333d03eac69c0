/**
 * The OpenAI API over an enclave: requests, answers, streams, errors. Gateway and sidecar offer it
 * alike; what differs between them is {@link dev.sotto.openai.ApiHost}.
 */
@NullMarked
package dev.sotto.openai;

import org.jspecify.annotations.NullMarked;
