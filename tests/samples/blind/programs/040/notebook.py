#!/usr/bin/env python
# coding: utf-8

# # Sentiment toy
# Exported from a notebook.

# In[1]:


#@title Settings { run: "auto" }
learning_rate = 0.1 #@param {type:"number"}
num_epochs = 5 #@param {type:"integer"}
vectorizer = "tfidf" #@param ["tfidf", "count"]
use_bigrams = False #@param {type:"boolean"}


# In[2]:


docs = [("good great fun", 1), ("bad awful boring", 0), ("great fun", 1), ("boring bad", 0)]
weights = {}


# In[3]:


import math
for epoch in range(num_epochs):
    nll = 0.0
    for text, label in docs:
        toks = text.split()
        z = sum(weights.get(t, 0.0) for t in toks)
        p = 1 / (1 + math.exp(-z))
        nll -= math.log(p if label else 1 - p)
        for t in toks:
            weights[t] = weights.get(t, 0.0) - learning_rate * (p - label)
    print("epoch", epoch + 1, "nll", round(nll / len(docs), 4))


# In[4]:


correct = sum((sum(weights[t] for t in d.split()) > 0) == bool(y) for d, y in docs)
print("accuracy", correct / len(docs))
